import type { Endpoint } from '../../../src/index.ts'
import { answerPlainly } from '../plain.ts'
import { serve } from '../service.ts'
import { onMessage } from './host.ts'

interface Port extends Endpoint {
  close(): void
  onmessage: ((event: { readonly data: unknown }) => void) | null
}

// Each message brings a port and says what is to run behind it.
onMessage((data) => {
  const { port, kind } = data as { port: Port; kind: string }
  if (kind === 'service') serve(port, { closePort: () => port.close() })
  if (kind === 'plain') port.onmessage = (event) => answerPlainly(port, event.data)
})
