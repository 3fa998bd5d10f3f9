package dev.lethe.weights.merge;

import dev.lethe.weights.method.Source;
import dev.lethe.weights.safetensors.TensorInfo;
import java.util.List;

/**
 * Matrices side by side along an axis, each times a factor. Each is rows of some width, and a row of the result is their
 * rows one after the other; along the first axis everything is one row.
 *
 * @param kind of the result
 */
record Joined(TensorInfo kind, int axis, List<Part> parts) implements Source {
    /** One of the matrices. */
    record Part(Source source, float factor) {
        long width(int axis) {
            List<Long> shape = source.kind().dimensions();
            return shape.subList(axis, shape.size()).stream().reduce(1L, (a, b) -> a * b);
        }
    }

    @Override
    public long bytes() {
        return parts.stream().mapToLong(part -> part.source().bytes()).sum();
    }

    @Override
    public void read(long first, float[] target, int count) {
        long width = parts.stream().mapToLong(part -> part.width(axis)).sum();
        float[] block = new float[count];
        for (int done = 0; done < count; ) {
            long row = (first + done) / width;
            long column = (first + done) % width;
            int index = 0;
            while (column >= parts.get(index).width(axis)) {
                column -= parts.get(index).width(axis);
                index++;
            }
            Part part = parts.get(index);
            int length = (int) Math.min(part.width(axis) - column, count - done);
            part.source().read(row * part.width(axis) + column, block, length);
            for (int i = 0; i < length; i++) {
                target[done + i] = part.factor() * block[i];
            }
            done += length;
        }
    }
}
