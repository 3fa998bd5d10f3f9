package dev.lethe.api.stage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A round of training, merging and measuring. The name of what belongs to a further one ends in its number: {@code merge-r2},
 * {@code train-over-r2}.
 *
 * @param number from 1
 */
public record Round(int number) {
    public static final Round FIRST = new Round(1);

    private static final Pattern FURTHER = Pattern.compile("(.+)-r([1-9][0-9]{0,3})");

    /** The name in this round of what is called {@code first} in the first. */
    public String name(String first) {
        return number == 1 ? first : first + "-r" + number;
    }

    public Round next() {
        return new Round(number + 1);
    }

    public Round previous() {
        return new Round(number - 1);
    }

    /** The round whose name of {@code first} this is; empty where it is the name of something else. */
    public static Optional<Round> of(String name, String first) {
        if (name.equals(first)) {
            return Optional.of(FIRST);
        }
        Matcher further = FURTHER.matcher(name);
        return further.matches() && further.group(1).equals(first)
                ? Optional.of(new Round(Integer.parseInt(further.group(2))))
                : Optional.empty();
    }

    /** Whether a name ends as that of a further round does. */
    public static boolean isNamedIn(String name) {
        return FURTHER.matcher(name).matches();
    }
}
