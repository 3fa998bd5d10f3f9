package dev.lethe.merge.combine;

import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.List;

/**
 * Matrices concatenated along an axis, each multiplied by a factor. A row of the result is the rows of the parts one
 * after the other; along the first axis each part is one row.
 *
 * @param info of the result
 */
record ConcatenatedTensor(TensorInfo info, int axis, List<Part> parts) implements TensorSource {
    /** One of the matrices. */
    record Part(TensorSource source, float factor) {
        long width(int axis) {
            List<Long> shape = source.info().dimensions();
            return shape.subList(axis, shape.size()).stream().reduce(1L, (a, b) -> a * b);
        }
    }

    @Override
    public long bytes() {
        return parts.stream().mapToLong(part -> part.source().bytes()).sum();
    }

    /** A block has one contiguous run of each part, which is read at once and spread over the rows. */
    @Override
    public void read(long first, float[] target, int count) {
        long width = parts.stream().mapToLong(part -> part.width(axis)).sum();
        long offset = 0;
        for (Part part : parts) {
            read(part, offset, width, first, target, count);
            offset += part.width(axis);
        }
    }

    private void read(Part part, long offset, long width, long first, float[] target, int count) {
        long own = part.width(axis);
        long begin = before(first, offset, own, width);
        int length = Math.toIntExact(before(first + count, offset, own, width) - begin);
        float[] run = new float[length];
        part.source().read(begin, run, length);
        for (int i = 0; i < length; i++) {
            run[i] *= part.factor();
        }
        for (int done = 0; done < length; ) {
            long row = (begin + done) / own;
            long column = (begin + done) % own;
            int here = (int) Math.min(own - column, length - done);
            System.arraycopy(run, done, target, (int) (row * width + offset + column - first), here);
            done += here;
        }
    }

    /** How many elements of a matrix come before an element of the result. */
    private static long before(long element, long offset, long own, long width) {
        return element / width * own + Math.clamp(element % width - offset, 0, own);
    }
}
