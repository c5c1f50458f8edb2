import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/soak.mjs', import.meta.url))

/** The short form of `npm run soak`. */
async function soak(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (said += String(part)))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { code, said }
}

test(
  'S43, S46, S47, S52: with workers, frames and connections that end all the time every call comes to its end, and nothing stays behind',
  { timeout: 240_000 },
  async () => {
    const { code, said } = await soak('--seconds', '10')
    expect(said).toMatch(/unsettled 0;.* 0 broken promises/)
    expect(code).toBe(0)
  },
)
