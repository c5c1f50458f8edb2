/** JSON-RPC 2.0 as a JSON Schema, from https://www.jsonrpc.org/specification, sections 4 to 6, with no member more. */
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js'

const object = (required: readonly string[], properties: Readonly<Record<string, object>>): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

const version = { const: '2.0' }
const id = { type: ['string', 'integer'] }
const method = { type: 'string' }
// By position or by name (section 4.2).
const params = { type: ['array', 'object'] }

export const schema: SchemaObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'JSON-RPC 2.0',
  anyOf: [{ $ref: '#/$defs/message' }, { type: 'array', minItems: 1, items: { $ref: '#/$defs/message' } }],
  $defs: {
    message: {
      oneOf: [
        { $ref: '#/$defs/request' },
        { $ref: '#/$defs/notification' },
        { $ref: '#/$defs/result' },
        { $ref: '#/$defs/failure' },
      ],
    },
    request: object(['jsonrpc', 'id', 'method'], { jsonrpc: version, id, method, params }),
    notification: object(['jsonrpc', 'method'], { jsonrpc: version, method, params }),
    result: object(['jsonrpc', 'id', 'result'], { jsonrpc: version, id, result: true as unknown as object }),
    // The id is null where none could be read (section 5).
    failure: object(['jsonrpc', 'id', 'error'], {
      jsonrpc: version,
      id: { type: ['string', 'integer', 'null'] },
      error: { $ref: '#/$defs/error' },
    }),
    error: object(['code', 'message'], {
      code: { type: 'integer' },
      message: { type: 'string' },
      data: true as unknown as object,
    }),
  },
}

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema)

// Structured clone keeps them and JSON Schema does not see them, but peers that test for presence do.
const undefinedIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) => (member === undefined ? [key] : []))
    : []

const membersOf = (message: unknown): string[] => [
  ...undefinedIn(message),
  ...undefinedIn(Reflect.get(Object(message), 'error')),
]

/** Say why a peer that validates everything would refuse each of these; nothing if it takes them all. */
export const refusals = (posted: readonly unknown[]): string[] =>
  posted.flatMap((message, index) => [
    ...(validate(message)
      ? []
      : [
          `${index}: ${JSON.stringify(message)} ${JSON.stringify(validate.errors?.map((one) => one.message))}`,
        ]),
    ...[message].flat().flatMap((one) => membersOf(one).map((key) => `${index}: ${key} is an own undefined`)),
  ])
