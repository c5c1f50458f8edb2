export default [
  { name: 'page', mode: 'production', entry: './main.js', output: { filename: 'main.js' } },
  {
    name: 'program',
    mode: 'development',
    devtool: false,
    target: 'node',
    entry: './one-copy.js',
    output: { filename: 'one-copy.cjs' },
  },
]
