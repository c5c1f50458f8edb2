/** Runs an engine's program on bundled tests, and hears how each test ended. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Outcome } from './inside/running.ts'
import type { Deviation } from './reporting.ts'

/** Milliseconds that an engine may take for all of its tests: some 30 s of one core, and much more beside other work. */
const LIMIT = 300_000

/** An outcome stands on a line of its own; what else is said is kept for when nothing else is. */
export async function runProgram(path: string, args: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let said = ''
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const timer = setTimeout(kill, LIMIT)
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      if (line.startsWith('{"file":')) outcomes.push(JSON.parse(line) as Outcome)
      else said = `${said}${line}\n`.slice(-4_000)
    })
  const end = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(`it ended with ${code ?? signal}`))
  })
  clearTimeout(timer)
  process.off('exit', kill)
  if (!outcomes.some(isEnd)) outcomes.push({ file: '', path: [END], state: 'fail', error: `${end}\n${said}` })
  return outcomes
}

const END = 'it runs to its end'
const isEnd = ({ path }: Outcome): boolean => path[0] === END

/** What is not even begun, as patterns. */
export const fatal = (deviations: readonly Deviation[]): string[] =>
  deviations.filter(({ isFatal }) => isFatal).map(({ at }) => at.source)
