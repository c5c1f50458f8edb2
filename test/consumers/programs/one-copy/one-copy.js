import { RPC } from 'portcall'
import { RPC as required } from './required.cjs'

console.log(RPC === required)
