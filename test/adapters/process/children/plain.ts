import { answerPlainly } from '../../../contract/plain.ts'

process.on('message', (data) => answerPlainly({ postMessage: (message) => process.send?.(message) }, data))
