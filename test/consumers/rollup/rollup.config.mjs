import commonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'

export default [
  {
    input: ['main.js', 'worker.js'],
    output: { dir: 'dist', format: 'es' },
    plugins: [nodeResolve({ browser: true })],
  },
  { input: 'one-copy.js', output: { file: 'out.mjs', format: 'es' }, plugins: [nodeResolve(), commonjs()] },
]
