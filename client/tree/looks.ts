import type * as vscode from 'vscode';
import { type Look, sorts, usualLook } from '../listing/view.ts';

const key = 'looks';
/** Repositories whose choice is remembered; the ones that were changed last. */
const most = 500;

/** How a person sorted and filtered each repository; kept from one day to the next. */
export class Looks {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  of(host: string, repository: string): Look {
    const kept = this.#memory.get<Readonly<Record<string, Partial<Look>>>>(key, {})[`${host}/${repository}`];
    const sort = sorts.find(one => one === kept?.sort) ?? usualLook.sort;
    return { sort, filter: typeof kept?.filter === 'string' ? kept.filter : usualLook.filter };
  }

  async set(host: string, repository: string, look: Look): Promise<void> {
    const name = `${host}/${repository}`;
    const others = Object.entries(this.#memory.get<Readonly<Record<string, Look>>>(key, {})).filter(([other]) => other !== name);
    const usual = look.sort === usualLook.sort && look.filter === usualLook.filter;
    const all: readonly (readonly [string, Look])[] = usual ? others : [...others, [name, look]];
    await this.#memory.update(key, Object.fromEntries(all.slice(-most)));
  }
}
