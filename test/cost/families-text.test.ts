import { testFamilies } from './suite.ts'

testFamilies('text')
