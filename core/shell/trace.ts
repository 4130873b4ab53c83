import type { Facts } from '../image/facts.ts';
import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Announcement, ShellCheck, ShellCommand, ShellWrite } from './command.ts';
import { SinkText } from './sinks.ts';
import type { Sink } from './state.ts';
import type { Walk } from './walk.ts';

/** More function calls and turns of loops than people write. */
const maxCalls = 1000;

/** What a walk leaves behind, nested shells included. */
export class Trace {
  readonly commands: ShellCommand[] = [];
  readonly sinks: Readonly<Record<Sink, SinkText>>;
  readonly writes: ShellWrite[] = [];
  readonly announcements: Announcement[] = [];
  /** The walk in whose text a function is written: offsets in its body count there. */
  readonly writers: Map<object, Walk>;
  readonly checks: ShellCheck[] = [];
  /** What was known wherever the script may end with success before its last line. */
  readonly exits: Facts[];
  readonly #running: Set<object>;
  readonly #calls: { count: number };
  readonly #move: (text: Template) => Template;

  /** Of a file that a command of `outer` runs: what it writes goes where that writes, with `move` done to it; where it is sourced its `exit` is the script's. */
  constructor(outer?: Trace, move: (text: Template) => Template = text => text, sharesExits = true) {
    this.sinks = outer?.sinks ?? { output: new SinkText(), env: new SinkText(), summary: new SinkText() };
    this.writers = outer ? outer.writers : new Map();
    this.exits = outer && sharesExits ? outer.exits : [];
    this.#running = outer ? outer.#running : new Set();
    this.#calls = outer ? outer.#calls : { count: 0 };
    this.#move = outer ? text => outer.#move(move(text)) : move;
  }

  /** Whether one more function call or turn of a loop is followed. */
  mayCall(): boolean {
    return ++this.#calls.count <= maxCalls;
  }

  /** Whether a function is followed: not inside itself, nor more often than people call. */
  enter(body: object): boolean {
    if (this.#running.has(body) || !this.mayCall()) return false;
    this.#running.add(body);
    return true;
  }

  leave(body: object): void {
    this.#running.delete(body);
  }

  write(sink: Sink, text: Template, conditional: boolean, span: Span): void {
    this.sinks[sink].append(this.#move(text), conditional);
    this.writes.push({ sink, text, span });
  }
}
