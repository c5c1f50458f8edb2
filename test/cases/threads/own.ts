/** A thread that names no endpoint: what it exposes asks its owner. */
import { expose, wrap } from '../../../src/index.ts'

const owner = wrap<{ name(): string }>()
const untyped = wrap()

expose({ greet: async () => `${await owner.name()} and ${await untyped.name()}` })
