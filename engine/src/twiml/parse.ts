import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { TWIML, TwimlProblem } from './problem.ts';

export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  /** The text directly inside, trimmed. */
  text: string;
  /** Text and elements inside in their order, for speech with marks in it. */
  content: (string | Element)[];
}

export const MAX_TWIML_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
/** How the parser names a CDATA section. */
const CDATA = '#cdata';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: CDATA,
  // The five entities of XML itself are resolved below; nobody may declare more.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * The verbs of a TwiML document. Document type declarations are refused, and with them every
 * declared entity. @throws TwimlProblem 12100, 12102
 */
export function parseTwiml(text: string): Element[] {
  const refuse = (why: string) => new TwimlProblem(TWIML.parse, `The TwiML cannot be read: ${why}`);
  if (Buffer.byteLength(text) > MAX_TWIML_BYTES) throw refuse(`above ${MAX_TWIML_BYTES} bytes`);
  if (/<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST)/i.test(text)) throw refuse('it declares a document type');
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw refuse(`${valid.err.msg} (line ${valid.err.line})`);
  let nodes: unknown;
  try {
    nodes = parser.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const root = elements(nodes, 0, refuse)[0];
  if (root?.name !== 'Response') {
    throw new TwimlProblem(TWIML.root, 'The TwiML cannot be read: its root is not <Response>');
  }
  return root.children;
}

type Refuse = (why: string) => TwimlProblem;

function elements(nodes: unknown, depth: number, refuse: Refuse): Element[] {
  return contentOf(nodes, depth, refuse).filter((node) => typeof node !== 'string');
}

function contentOf(nodes: unknown, depth: number, refuse: Refuse): (string | Element)[] {
  if (depth > MAX_DEPTH) throw refuse('it is nested too deeply');
  const list = Array.isArray(nodes) ? (nodes as Record<string, unknown>[]) : [];
  return list.flatMap((node): (string | Element)[] => {
    const text = node['#text'];
    if (typeof text === 'string') return [decode(text, refuse)];
    // XML 1.0 §2.7: inside a CDATA section "&" and "<" stand for themselves.
    const [literal] = (node[CDATA] ?? []) as { '#text': string }[];
    if (literal) return [literal['#text']];
    const name = Object.keys(node).find((key) => key !== ':@');
    if (name === undefined || name.startsWith('#')) return [];
    const content = contentOf(node[name], depth + 1, refuse);
    const texts = content.filter((one) => typeof one === 'string');
    return [
      {
        name,
        attributes: attributesOf(node[':@'], refuse),
        children: content.filter((one) => typeof one !== 'string'),
        text: texts.join('').trim(),
        content,
      },
    ];
  });
}

function attributesOf(raw: unknown, refuse: Refuse): Record<string, string> {
  const pairs = Object.entries((raw ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, decode(typeof value === 'string' ? value : '', refuse)]),
  );
}

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function decode(text: string, refuse: Refuse): string {
  return text.replace(/&([^;\s]*);?/g, (whole, name: string) => {
    const named = NAMED[name];
    if (named !== undefined) return named;
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const point = number ? parseInt(number[1] ?? number[2] ?? '', number[1] ? 16 : 10) : NaN;
    if (!(point > 0 && point <= 0x10ffff)) throw refuse(`${whole} is no entity of XML`);
    return String.fromCodePoint(point);
  });
}
