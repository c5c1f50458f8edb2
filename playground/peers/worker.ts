import { expose, wrap } from 'portcall'
import type { PageApi } from '../page-api.ts'
import { createApi } from './api.ts'

expose(createApi(wrap<PageApi>(self)))
