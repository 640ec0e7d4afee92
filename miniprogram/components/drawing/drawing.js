// A drawing beside words; it never stands alone, so nobody has to guess it.

Component({ properties: { name: String } })
