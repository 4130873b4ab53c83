import { display, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { givenWith } from '../../usage/given.ts';
import type { Start } from '../../usage/starts.ts';
import type { Step } from '../../workflow/model.ts';
import { NameIndex } from '../../workspace/nameIndex.ts';
import type { TagWrite } from '../../workspace/tagUses.ts';
import { formMobility, type Pushed, pushedBy, pushStartsOf } from './pushed.ts';

/** What names the images of one workflow for good, found once for each repository and step. */
class Names {
  readonly #index = new NameIndex<TagWrite>();
  readonly #bySteps = new Map<Step, Set<Start>>();
  readonly #byName = new Map<string, Set<Start>>();

  constructor(all: readonly Pushed[]) {
    for (const { usage, forms, starts } of all) {
      for (const form of forms) {
        this.#index.add(form);
        for (const start of starts) if (formMobility(form, start) !== 'moving') add(this.#bySteps, usage.step, start);
      }
    }
  }

  has(name: Template, step: Step, start: Start, path: string): boolean {
    if (this.#bySteps.get(step)?.has(start)) return true;
    const key = display(name);
    let found = this.#byName.get(key);
    if (!found) {
      found = new Set();
      for (const write of this.#index.find(name, 'maybe', path)) {
        const { starts } = givenWith(write.item.template, pushStartsOf(write.usage));
        for (const other of starts) if (formMobility(write, other) !== 'moving') found.add(other);
      }
      this.#byName.set(key, found);
    }
    return found.has(start);
  }
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}

const namesByFile = new WeakMap<WorkflowUsage, Names>();

/** Whether at a start the step, or anything in the workflow for the same repository, pushes a name that stays, or one that nobody knows. */
export function isNamedAt(name: Template, step: Step, start: Start, file: WorkflowUsage): boolean {
  const names = namesByFile.get(file) ?? new Names(pushedBy(file));
  namesByFile.set(file, names);
  return names.has(name, step, start, file.workflow.path);
}
