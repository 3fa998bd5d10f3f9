package dev.lethe.merge.method;

import java.util.List;
import java.util.function.Function;

/** One pass over the pieces of a tensor, on one thread or several. */
public interface Sweep {
    /** On the calling thread, one after the other. */
    Sweep SEQUENTIAL = new Sweep() {
        @Override
        public <T> List<T> over(List<Piece> pieces, Function<Piece, T> visit) {
            return pieces.stream().map(visit).toList();
        }
    };

    /** What the visits return, in the order of the pieces. */
    <T> List<T> over(List<Piece> pieces, Function<Piece, T> visit);
}
