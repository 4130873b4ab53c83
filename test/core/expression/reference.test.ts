import { Evaluator, Lexer, Parser } from '@actions/expressions';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, holds } from '../../../core/expression/evaluate.ts';
import { ExpressionPiece } from '../../../core/expression/split.ts';
import { literal } from '../../../core/image/template.ts';

const at = { start: 0, end: 0 };

/** Expressions over literals, whose value GitHub's own evaluator gives too. */
const expression = fc.letrec<{ any: string }>(tie => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('true', 'false', 'null', '0', '1', '-1.5', '0x1F', "''", "'a'", "'A'", "'abc'", "'1'", "'true'", "'x{y'"),
    fc.constantFrom(`fromJSON('["a",1,true,null,{"k":"v"}]')`, `fromJSON('{"a":[{"n":1},{"n":"b"}],"B":"c"}')`),
    fc
      .tuple(tie('any'), fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '&&', '||'), tie('any'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('any').map(a => `!(${a})`),
    fc.tuple(fc.constantFrom('contains', 'startsWith', 'endsWith', 'join'), tie('any'), tie('any')).map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `format('{0}-{1}{{x}}{0}', ${a}, ${b})`),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => `case(!(${a}), ${b}, ${c})`),
    tie('any').map(a => `toJSON(${a})`),
    tie('any').map(a => `fromJSON(toJSON(${a}))`),
    fc
      .tuple(tie('any'), fc.constantFrom("['a']", "['b']", '[0]', '[1]', '[4].k', '.*', '.*.n', "['1']"))
      .map(([a, index]) => (a.includes('fromJSON') && a.endsWith(')') && a.startsWith('fromJSON') ? `${a}${index}` : a)),
  ),
})).any;

test('what is made of known values is what GitHub makes of them', () => {
  fc.assert(
    fc.property(expression, source => {
      let reference: ReturnType<Evaluator['evaluate']>;
      try {
        const parsed = new Parser(new Lexer(source).lex().tokens, [], []).parse();
        reference = new Evaluator(parsed, undefined as never).evaluate();
      } catch {
        return;
      }
      const value = evaluate(new ExpressionPiece(`\${{${source}}}`, 0, source.length + 3), { lookup: () => undefined }, at);
      expect(literal(value)).toBe(reference.coerceString());
      const asCondition = new Evaluator(new Parser(new Lexer(`!(${source})`).lex().tokens, [], []).parse(), undefined as never).evaluate();
      expect(holds(source, { lookup: () => undefined }, at)).toBe(asCondition.coerceString() === 'false');
    }),
    { numRuns: 2000 },
  );
});
