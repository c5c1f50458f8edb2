import { parentPort } from 'node:worker_threads'
import { listen } from '../servers.ts'

const { url } = await listen()
parentPort?.postMessage(url)
