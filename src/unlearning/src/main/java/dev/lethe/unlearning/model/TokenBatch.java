package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Token ids in rows of one length, padded on the left; no token attends to the padding. What a model computes at
 * positions of padding means nothing, unless the padding {@link #withPaddingStates counts}.
 */
public final class TokenBatch {

    private final long[][] ids;
    private final int[] padding;
    private final int folded;

    /**
     * Rows that are padded already.
     *
     * @param ids [rows][length], at least one of each
     * @param padding how many ids at the left of each row are padding
     */
    public TokenBatch(long[][] ids, int[] padding) {
        this(ids, padding, 0);
    }

    private TokenBatch(long[][] ids, int[] padding, int folded) {
        if (ids.length == 0 || ids[0].length == 0 || ids.length != padding.length) {
            throw new IllegalArgumentException("batch: expected rows of at least one id, and one padding each");
        }
        for (int row = 0; row < ids.length; row++) {
            if (ids[row].length != ids[0].length || padding[row] < 0 || padding[row] > ids[0].length) {
                throw new IllegalArgumentException("batch: row " + row + ": expected the length of the first row");
            }
        }
        this.ids = ids;
        this.padding = padding;
        this.folded = folded;
    }

    /**
     * The batch for losses that count padding: its states, and gradients through them, are those of transformers' eager
     * attention with positions that count from the left end of the padding. There a padding token sees every position
     * of its row alike, so all padding of a row has one state, and one column can stand for many.
     *
     * @param folded how many columns of padding the first one stands for, at least 1
     */
    public TokenBatch withPaddingStates(int folded) {
        return new TokenBatch(ids, padding, folded);
    }

    /** How many columns of padding the first column stands for; 0 where the padding's states mean nothing. */
    int folded() {
        return folded;
    }

    /** The {@code count} rows from row {@code first} on, with the padding that they have. */
    TokenBatch part(int first, int count) {
        return new TokenBatch(
                Arrays.copyOfRange(ids, first, first + count),
                Arrays.copyOfRange(padding, first, first + count),
                folded);
    }

    /** Rows padded on the left with {@code padId} to the longest of them. */
    public static TokenBatch leftPadded(List<int[]> rows, int padId) {
        return leftPadded(
                rows, padId, rows.stream().mapToInt(r -> r.length).max().orElse(0));
    }

    /** Rows padded on the left with {@code padId} to {@code length}. */
    public static TokenBatch leftPadded(List<int[]> rows, int padId, int length) {
        long[][] ids = new long[rows.size()][length];
        int[] padding = new int[rows.size()];
        for (int row = 0; row < ids.length; row++) {
            int[] tokens = rows.get(row);
            padding[row] = length - tokens.length;
            Arrays.fill(ids[row], 0, padding[row], padId);
            for (int i = 0; i < tokens.length; i++) {
                ids[row][padding[row] + i] = tokens[i];
            }
        }
        return new TokenBatch(ids, padding);
    }

    /** The ids of a row, padding first. */
    public long[] row(int row) {
        return ids[row].clone();
    }

    /** How many ids at the left of a row are padding. */
    public int padding(int row) {
        return padding[row];
    }

    int[] padding() {
        return padding;
    }

    public int rows() {
        return ids.length;
    }

    public int length() {
        return ids[0].length;
    }

    /** Whether any row is padded. */
    public boolean padded() {
        return Arrays.stream(padding).anyMatch(p -> p > 0);
    }

    /** The ids, row after row: i64 [rows * length]. */
    Tensor flatIds(Device device) {
        long[] flat = Arrays.stream(ids).flatMapToLong(Arrays::stream).toArray();
        return Tensor.on(device, flat, flat.length);
    }
}
