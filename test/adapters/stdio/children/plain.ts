import { answerPlainly } from '../../../contract/plain.ts'
import { own } from './stdio.ts'

const transport = own()
const ignore = (): void => {}
transport.listen({
  message: (data) => answerPlainly({ postMessage: (message) => transport.post(message) }, data),
  unreadable: ignore,
  gone: ignore,
  failed: ignore,
  opened: ignore,
  refused: ignore,
})
