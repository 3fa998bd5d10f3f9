package dev.lethe.merge.method;

import java.util.List;
import java.util.function.Function;

/** A pass over the chunks of a tensor, on one thread or several. */
public interface Scan {
    /** On the calling thread, one after the other. */
    Scan SEQUENTIAL = new Scan() {
        @Override
        public <T> List<T> over(List<Chunk> chunks, Function<Chunk, T> visit) {
            return chunks.stream().map(visit).toList();
        }
    };

    /** What the visits return, in the order of the chunks. */
    <T> List<T> over(List<Chunk> chunks, Function<Chunk, T> visit);
}
