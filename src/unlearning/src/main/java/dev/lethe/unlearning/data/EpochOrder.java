package dev.lethe.unlearning.data;

import dev.lethe.catalog.DataRole;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The order of the rows in each epoch, and their partners: a function of the seed and the epoch's number alone, so that a
 * run may begin at any epoch without replaying those before.
 *
 * @param seed of the run
 * @param shuffled whether the order changes at all; false is the order of the file
 */
public record EpochOrder(long seed, boolean shuffled) {
    private static final long ORDER = 0x6F72646572L;
    private static final long PARTNERS = 0x706172746EL;
    private static final long TURNS = 0x7475726EL;
    private static final long DECOUPLED = 0x6465636F75L;
    private static final long REFUSALS = 0x7265667573L;

    /** A permutation of 0 … count - 1 (Fisher-Yates). */
    public int[] order(int epoch, int count) {
        return permutation(ORDER, epoch, count);
    }

    /**
     * An order for each of many draws of a part of {@code count} rows: that of an odd number is the one before it from its end, so that
     * what is not among the first half of one is among that of the other.
     */
    public int[] halves(int number, int count) {
        int[] order = order(number / 2, count);
        return number % 2 == 0
                ? order
                : IntStream.range(0, count).map(i -> order[count - 1 - i]).toArray();
    }

    private int[] permutation(long purpose, int epoch, int count) {
        int[] order = IntStream.range(0, count).toArray();
        if (shuffled) {
            SplittableRandom random = stream(purpose, epoch);
            for (int i = count - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int moved = order[i];
                order[i] = order[j];
                order[j] = moved;
            }
        }
        return order;
    }

    /** The row of another set that each of these rows to forget is trained with, where they are drawn. */
    public int[] partners(DataRole of, int epoch, int[] rows, int partnerCount) {
        return drawn(of == DataRole.DECOUPLE ? DECOUPLED : PARTNERS, epoch, rows, partnerCount);
    }

    /**
     * Rows that take turns: each of {@code of} rows once, then each again in another order.
     *
     * @param from how many turns there were before
     */
    public int[] turns(long from, int count, int of) {
        return turns(TURNS, from, count, of);
    }

    /** The same in the orders of {@link #order}, an epoch after the other. */
    public int[] epochs(long from, int count, int of) {
        return turns(ORDER, from, count, of);
    }

    private int[] turns(long purpose, long from, int count, int of) {
        int[] turns = new int[count];
        int round = -1;
        int[] order = {};
        for (int i = 0; i < count; i++) {
            int now = Math.toIntExact((from + i) / of);
            if (now != round) {
                round = now;
                order = permutation(purpose, round, of);
            }
            turns[i] = order[(int) ((from + i) % of)];
        }
        return turns;
    }

    /** The refusal of each of these rows to forget. */
    int[] refusals(int epoch, int[] rows, int refusalCount) {
        return drawn(REFUSALS, epoch, rows, refusalCount);
    }

    /** What an epoch draws for some rows: a number for each row of the set in turn, as far as the last one that is asked for. */
    private int[] drawn(long purpose, int epoch, int[] rows, int bound) {
        int count = IntStream.of(rows).max().orElse(-1) + 1;
        int[] drawn = stream(purpose, epoch).ints(count, 0, bound).toArray();
        return IntStream.of(rows).map(row -> drawn[row]).toArray();
    }

    private SplittableRandom stream(long purpose, int epoch) {
        long mixed = new SplittableRandom(seed).nextLong();
        return new SplittableRandom(new SplittableRandom(mixed ^ purpose).nextLong() + epoch);
    }
}
