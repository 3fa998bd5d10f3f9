package dev.lethe.sources;

import java.io.IOException;
import java.time.Duration;

/**
 * How bytes are brought.
 *
 * @param chunk bytes that are asked for at once; what a killed fetch has of an unfinished chunk is brought again
 * @param streams chunks at once
 * @param pause before the second try in a row that brings nothing; each further one waits three times as long
 * @param tries in a row that bring nothing, until a store counts as unavailable
 */
public record Transfer(int chunk, int streams, Duration pause, int tries) {
    /** A store may be away for half a minute. */
    public static final Transfer DEFAULT = new Transfer(8 << 20, 8, Duration.ofMillis(100), 8);

    /** The longest pause that a store may ask for. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** Something that is asked of a store. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws IOException;
    }

    /** Tries in a row. The first after one that brought something comes at once. */
    final class Tries {
        private final String where;
        private int failures;

        Tries(String where) {
            this.where = where;
        }

        void succeeded() {
            failures = 0;
        }

        /**
         * Waits until the next try is due.
         *
         * @throws SourceUnavailable where there were enough of them
         */
        void failed(IOException failure) {
            failures++;
            if (failures >= tries) {
                throw new SourceUnavailable(where, "no answer in %d tries: %s".formatted(tries, reason(failure)));
            }
            Duration due = failures == 1 ? Duration.ZERO : pause.multipliedBy((long) Math.pow(3, failures - 2.0));
            if (failure instanceof Busy busy && busy.pause().compareTo(due) > 0) {
                due = busy.pause().compareTo(LONGEST) < 0 ? busy.pause() : LONGEST;
            }
            try {
                Thread.sleep(due);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SourceUnavailable(where, "interrupted");
            }
        }
    }

    /** What a store answers, asked as often as it takes. */
    <T> T persist(String where, Request<T> request) {
        Tries all = new Tries(where);
        while (true) {
            try {
                return request.send();
            } catch (IOException e) {
                all.failed(e);
            }
        }
    }

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
