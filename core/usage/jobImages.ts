import { evaluateText } from '../expression/text.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display } from '../image/template.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { StepScope } from './scope.ts';
import type { Fact, Item } from './usage.ts';

/** The images that the runner starts for a job, before its steps: its container and its services. */
export function jobImages(job: Job, scope: StepScope): readonly { readonly fact: Fact; readonly step: Step }[] {
  return [...(job.container ? [job.container] : []), ...job.services].flatMap(image => {
    const reference = { template: evaluateText(image, scope), span: image.span };
    const purpose = image === job.container ? 'container' : 'service';
    const step: Step = { index: -1, span: image.span };
    return reference.template.length > 0 ? [{ fact: { kind: 'pull', at: image.span, reference, purpose }, step }] : [];
  });
}

/** Images that are on the machine afterwards. */
export function broughtHere(fact: Fact): readonly Item[] {
  if (fact.kind === 'build') return fact.tags;
  if (fact.kind === 'retag') return fact.remote ? [] : [fact.to];
  return fact.kind === 'pull' ? [fact.reference] : [];
}

/** A reference's forms as docker keeps them on its machine: one without a tag is `latest`. */
export function localNames({ template }: Pick<Item, 'template'>): readonly string[] {
  return alternatives(template).map(form => {
    const { tag, digest, open } = referenceParts(form);
    return tag || digest || open ? display(form) : `${display(form)}:latest`;
  });
}
