/** One character of a set; `samples` are some that are in it, the plainest first, where the set is one that strings are made from. */
export interface Characters {
  has(character: string): boolean;
  readonly samples?: readonly string[];
}

/** A step to another state: by one character, by none, or by none at the start or the end of the text alone. */
export type Move =
  | { readonly kind: 'character'; readonly set: Characters; readonly to: number }
  | { readonly kind: 'free' | 'start' | 'end'; readonly to: number };

/** A machine of states; a text that leads from `start` to `accept` is matched. */
export interface Machine {
  readonly moves: readonly (readonly Move[])[];
  readonly start: number;
  readonly accept: number;
}

/** More states than patterns that people write have. */
const maxStates = 4000;

export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Builds a machine piece by piece. */
export class Builder {
  readonly moves: Move[][] = [];

  state(): number {
    if (this.moves.length >= maxStates) throw new NotUnderstood();
    return this.moves.push([]) - 1;
  }

  move(from: number, move: Move): void {
    this.moves[from]?.push(move);
  }

  free(from: number, to: number): void {
    this.move(from, { kind: 'free', to });
  }

  one(set: Characters): Piece {
    const piece = { from: this.state(), to: this.state() };
    this.move(piece.from, { kind: 'character', set, to: piece.to });
    return piece;
  }

  empty(kind: 'free' | 'start' | 'end' = 'free'): Piece {
    const piece = { from: this.state(), to: this.state() };
    this.move(piece.from, { kind, to: piece.to });
    return piece;
  }

  /** One after the other. */
  sequence(pieces: readonly Piece[]): Piece {
    const [first, ...rest] = pieces;
    if (!first) return this.empty();
    let last = first;
    for (const piece of rest) {
      this.free(last.to, piece.from);
      last = piece;
    }
    return { from: first.from, to: last.to };
  }

  either(pieces: readonly Piece[]): Piece {
    const both = { from: this.state(), to: this.state() };
    for (const { from, to } of pieces) {
      this.free(both.from, from);
      this.free(to, both.to);
    }
    return both;
  }

  /** None or one; with `again` any number. */
  perhaps(piece: Piece, again: boolean): Piece {
    const whole = { from: this.state(), to: this.state() };
    this.free(whole.from, piece.from);
    this.free(whole.from, whole.to);
    this.free(piece.to, again ? whole.from : whole.to);
    return whole;
  }

  machine({ from, to }: Piece): Machine {
    return { moves: this.moves, start: from, accept: to };
  }
}

/** A pattern has more than is read here. */
export class NotUnderstood extends Error {}
