// A white card on the grey ground, with or without a heading.

Component({ properties: { title: String } })
