/** Runs, for each page that connects, what the worker's name says. */
import { sharedWorkerTransport } from '../../../src/entries/shared-worker.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'

addEventListener('connect', (event: Event) => {
  const [port] = (event as MessageEvent).ports
  if (!port) return
  if (self.name === 'service') serve(sharedWorkerTransport(port))
  if (self.name === 'plain') port.onmessage = ({ data }: MessageEvent) => answerPlainly(port, data)
})
