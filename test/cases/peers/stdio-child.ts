import { stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { expose } from '../../../src/index.ts'
import { api } from './api.ts'

expose(api, stdioTransport({ readable: process.stdin, writable: process.stdout }))
