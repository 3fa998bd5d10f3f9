package dev.lethe.worker.stage;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.suite.AnswerSeals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The seals of an evaluation's answers, a line for each line of a journal, in the stage's work folder: whoever can
 * write the volume can neither change nor add an answer that a later attempt would continue from.
 *
 * @param folder of the seals, a file for each journal
 */
record SealedAnswers(Path folder, HmacSeal seal) implements AnswerSeals {
    @Override
    public int trusted(Path journal, List<String> lines) {
        Path file = file(journal);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return 0;
        }
        try {
            List<String> seals = Files.readAllLines(file);
            int trusted = 0;
            while (trusted < Math.min(lines.size(), seals.size())
                    && seal.isOfAnswer(name(journal), trusted, lines.get(trusted), seals.get(trusted))) {
                trusted++;
            }
            Files.write(file, seals.subList(0, trusted));
            return trusted;
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    @Override
    public void add(Path journal, int already, List<String> lines) {
        StringBuilder seals = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            seals.append(seal.ofAnswer(name(journal), already + i, lines.get(i)))
                    .append('\n');
        }
        Path file = file(journal);
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    file, seals, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    private Path file(Path journal) {
        return folder.resolve(name(journal));
    }

    private static String name(Path journal) {
        return journal.getParent().getFileName() + "-" + journal.getFileName();
    }
}
