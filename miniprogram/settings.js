// Which township this mini-program serves. The only file to change for another place.

module.exports = {
  // The township's address, by the build that runs: DevTools, the trial version, the published one. No slash at the end.
  township: {
    develop: 'http://127.0.0.1:8080',
    trial: 'https://bmt.example.gov.cn',
    release: 'https://bmt.example.gov.cn',
  },
  // 32 hex digits where one server serves several townships; empty: its first one.
  tenantId: '',
}
