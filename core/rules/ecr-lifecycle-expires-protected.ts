import { isSaidAlready, type Rule } from './rule.ts';
import { lossesBy } from './shared/lifecycleLosses.ts';
import { lifecycleOf } from './shared/lifecycleText.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** A lifecycle policy knows ages, numbers and names; it does not know what runs. */
export const ecrLifecycleExpiresProtected: Rule = {
  id: 'ecr-lifecycle-expires-protected',
  title: 'A lifecycle policy expires images that are deployed or have a name that has to stay',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) {
        const given = lifecycleOf(settings);
        const problems = given ? lossesBy(given, settings.repository.template, context) : [];
        for (const problem of problems) {
          const related = [...insideOf(settings), ...(problem.related ?? [])];
          if (!isSaidAlready(context, problem.at)) context.report({ ...problem, related });
        }
      }
    },
  },
};
