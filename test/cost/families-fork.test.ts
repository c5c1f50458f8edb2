import { testFamilies } from './suite.ts'

testFamilies('fork')
