import type { Template } from './template.ts';

/** A function of a Template, worked out once for each: Templates never change, and the same one is asked about from many sides. */
export function memo<R extends object>(work: (template: Template) => R): (template: Template) => R {
  const known = new WeakMap<Template, R>();
  return template => {
    const before = known.get(template);
    if (before) return before;
    const result = work(template);
    known.set(template, result);
    return result;
  };
}
