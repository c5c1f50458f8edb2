import { onMessage } from './host.ts'

onMessage(() => {})
