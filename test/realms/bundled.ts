/** A script of this folder with all that it imports, from `src` as it is now, for a realm that loads no modules. */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

export async function bundled(script: string): Promise<string> {
  const input = fileURLToPath(new URL(script, import.meta.url))
  const build = await rolldown({ input, platform: 'neutral' })
  const { output } = await build.generate({ format: 'iife' })
  await build.close()
  return output[0].code
}
