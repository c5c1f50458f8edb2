const webpack = require('webpack')

const config = { mode: 'production', entry: './main.js', output: { globalObject: 'globalThis' } }
webpack(config, (error, stats) => {
  if (error) throw error
  console.log(stats.toString())
  process.exitCode = stats.hasErrors() ? 1 : 0
})
