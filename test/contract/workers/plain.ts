import { answerPlainly } from '../plain.ts'
import { host, onMessage } from './host.ts'

onMessage((data) => answerPlainly(host, data))
