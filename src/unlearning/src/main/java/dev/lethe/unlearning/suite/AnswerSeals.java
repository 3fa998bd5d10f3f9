package dev.lethe.unlearning.suite;

import java.nio.file.Path;
import java.util.List;

/** Lets a resumed evaluation tell its own answers from answers that somebody else wrote. */
public interface AnswerSeals {
    /** Every answer is trusted, as in a folder that nobody else can write. */
    AnswerSeals NONE = new AnswerSeals() {
        @Override
        public int trusted(Path journal, List<String> lines) {
            return lines.size();
        }

        @Override
        public void add(Path journal, int already, List<String> lines) {}
    };

    /**
     * How many of a journal's lines, from the first, are the evaluation's own and as it wrote them.
     *
     * @param lines without their ends
     */
    int trusted(Path journal, List<String> lines);

    /**
     * Seals lines that have just been written.
     *
     * @param already lines before them
     */
    void add(Path journal, int already, List<String> lines);
}
