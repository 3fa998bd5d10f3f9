package dev.lethe.weights.merge;

import dev.lethe.weights.InvalidInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * {@code cat}: A = [s₁A₁; s₂A₂; …], B = [B₁ B₂ …], so B·A = Σ sᵢ·Bᵢ·Aᵢ exactly; the rank is the sum of the ranks. Each
 * element is multiplied once by weight · scaling (PEFT multiplies twice, the same where one of them is a power of two).
 */
public record Concatenation() implements MergeMethod {
    @Override
    public FactorWeights split(double s) {
        return new FactorWeights((float) s, 1);
    }

    @Override
    public List<Long> mergedShape(String where, List<List<Long>> shapes, int axis) {
        List<Long> merged = new ArrayList<>(shapes.getFirst());
        merged.set(axis, 0L);
        for (List<Long> shape : shapes) {
            List<Long> rest = new ArrayList<>(shape);
            long size = rest.set(axis, 0L);
            List<Long> expected = new ArrayList<>(merged);
            expected.set(axis, 0L);
            if (!rest.equals(expected)) {
                throw InvalidInput.at(where, "shape", shapes.toString(), "shapes that differ in the rank alone");
            }
            merged.set(axis, merged.get(axis) + size);
        }
        return Collections.unmodifiableList(merged);
    }

    @Override
    public TensorMerge prepare(List<WeightedTensor> inputs, int axis) {
        return new Prepared(inputs, axis);
    }

    /** Each input is rows of {@code width} numbers, and a row of the result is their rows one after the other. */
    private record Prepared(List<WeightedTensor> inputs, int axis) implements TensorMerge {
        @Override
        public long merge(long first, int count, float[] merged) {
            long width = inputs.stream().mapToLong(this::width).sum();
            float[] part = new float[count];
            int done = 0;
            while (done < count) {
                long row = (first + done) / width;
                long column = (first + done) % width;
                int input = 0;
                while (column >= width(inputs.get(input))) {
                    column -= width(inputs.get(input));
                    input++;
                }
                WeightedTensor source = inputs.get(input);
                int length = (int) Math.min(width(source) - column, count - done);
                source.read(row * width(source) + column, part, length);
                for (int i = 0; i < length; i++) {
                    merged[done + i] = source.weight() * part[i];
                }
                done += length;
            }
            return 0;
        }

        private long width(WeightedTensor input) {
            List<Long> shape = input.info().dimensions();
            return shape.subList(axis, shape.size()).stream().reduce(1L, (a, b) -> a * b);
        }

        @Override
        public List<Long> kept() {
            return inputs.stream().map(WeightedTensor::size).toList();
        }

        @Override
        public List<Long> ties() {
            return inputs.stream().map(input -> 0L).toList();
        }
    }
}
