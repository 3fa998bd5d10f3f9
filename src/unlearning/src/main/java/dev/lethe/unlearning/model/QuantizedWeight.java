package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;

/** A frozen weight [out, in] of a linear module as codes of a few bits and the scales that they are multiplied with. */
sealed interface QuantizedWeight extends AutoCloseable permits Int8Weight, Nf4Weight {

    /** Numbers that are expanded or quantised at a time: what a large weight needs beside its result stays small. */
    long CHUNK = 1 << 22;

    /** The numbers [out, in] that the codes stand for, computed in f32 and rounded once. */
    Tensor expanded(Dtype dtype);

    /** Frees the codes. */
    @Override
    void close();
}
