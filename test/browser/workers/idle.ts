import { expose } from '../../../src/index.ts'

expose({ later: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) })
