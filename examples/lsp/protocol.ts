/** The part of the Language Server Protocol that main.ts uses. `textDocument/hover` is a member of `textDocument`. */
export interface LanguageServer {
  initialize(params: InitializeParams): { readonly capabilities: Readonly<Record<string, unknown>> }
  initialized(params: object): void
  shutdown(): null
  exit(): void
  readonly workspace: {
    didChangeConfiguration(params: { readonly settings: object }): void
  }
  readonly textDocument: {
    didOpen(params: { readonly textDocument: Document }): void
    hover(params: PositionParams): { readonly contents: readonly string[]; readonly range: Range } | null
    completion(params: PositionParams): { readonly items: readonly { readonly label: string }[] }
    formatting(params: FormattingParams): readonly { readonly range: Range; readonly newText: string }[]
  }
}

/** What the server calls here. */
export interface Diagnostics {
  readonly uri: string
  readonly diagnostics: readonly { readonly message: string; readonly range: Range }[]
}

export interface Position {
  readonly line: number
  readonly character: number
}

export interface Range {
  readonly start: Position
  readonly end: Position
}

interface InitializeParams {
  readonly processId: number | null
  readonly rootUri: string | null
  readonly capabilities: object
  readonly initializationOptions?: object
}

interface Document {
  readonly uri: string
  readonly languageId: string
  readonly version: number
  readonly text: string
}

interface PositionParams {
  readonly textDocument: { readonly uri: string }
  readonly position: Position
}

interface FormattingParams {
  readonly textDocument: { readonly uri: string }
  readonly options: { readonly tabSize: number; readonly insertSpaces: boolean }
}
