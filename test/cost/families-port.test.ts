import { testFamilies } from './suite.ts'

testFamilies('port')
