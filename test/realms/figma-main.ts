/** The main thread of a Figma plugin, as its documentation has it: `figma.ui` and timers. */
import { figmaTransport, type FigmaUI } from '../../src/adapters/figma/figma.ts'
import { serve } from './served.ts'

const { figma } = globalThis as unknown as { readonly figma: { readonly ui: FigmaUI } }

serve(figmaTransport(figma.ui), true)
