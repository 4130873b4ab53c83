import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Announcement, ShellCommand, ShellWrite } from './command.ts';
import { SinkText } from './sinks.ts';
import type { Sink } from './state.ts';

/** More function calls and turns of loops than people write. */
const maxCalls = 1000;

/** What a walk leaves behind, nested shells included. */
export class Trace {
  readonly commands: ShellCommand[] = [];
  readonly sinks: Readonly<Record<Sink, SinkText>> = { output: new SinkText(), env: new SinkText(), summary: new SinkText() };
  readonly writes: ShellWrite[] = [];
  readonly announcements: Announcement[] = [];
  readonly #running = new Set<object>();
  #calls = 0;

  /** Whether one more function call or turn of a loop is followed. */
  mayCall(): boolean {
    return ++this.#calls <= maxCalls;
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
    this.sinks[sink].append(text, conditional);
    this.writes.push({ sink, text, span });
  }
}
