/** In a program with standard output, whose lines are outcomes. Its argument is the orders. */
import { files } from './files.ts'
import { type Orders, type Outcome, runFiles } from './running.ts'

const tell = (outcome: Outcome): unknown => process.stdout.write(`${JSON.stringify(outcome)}\n`)
const unhandled = (error: unknown): void => {
  if (process.listenerCount('unhandledRejection') > 1) return
  const { stack = String(error) } = Object(error) as { stack?: string }
  tell({ file: '', path: ['no error is unhandled'], state: 'fail', error: stack })
}
process.on('unhandledRejection', unhandled)
process.on('uncaughtException', unhandled)
await runFiles(files, tell, JSON.parse(process.argv[2] ?? '{}') as Orders)
tell({ file: '', path: ['it runs to its end'], state: 'pass' })
process.stdout.write('', () => process.exit(0))
