/** As much of markdown-it as static/js/views/markdown.js uses. */
export interface Token {
  type: string;
  nesting: -1 | 0 | 1;
  content: string;
  info: string;
  markup: string;
  map: [number, number] | null;
  children: Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}
interface State {
  src: string;
  level: number;
  push(type: string, tag: string, nesting: -1 | 0 | 1): Token;
}
export interface InlineState extends State {
  pos: number;
  posMax: number;
  pending: string;
  linkLevel: number;
}
export interface BlockState extends State {
  line: number;
  blkIndent: number;
  sCount: number[];
  isEmpty(line: number): boolean;
  getLines(begin: number, end: number, indent: number, keepLastLine: boolean): string;
}
interface Ruler<Rule> {
  at(name: string, rule: Rule): void;
  before(next: string, name: string, rule: Rule, options?: { alt: string[] }): void;
}
export default class MarkdownIt {
  constructor(preset: "zero");
  enable(rules: string[]): this;
  parse(text: string, env: object): Token[];
  normalizeLink: (url: string) => string;
  validateLink: (url: string) => boolean;
  inline: { ruler: Ruler<(state: InlineState, silent: boolean) => boolean> };
  block: { ruler: Ruler<(state: BlockState, line: number, end: number, silent: boolean) => boolean> };
}
