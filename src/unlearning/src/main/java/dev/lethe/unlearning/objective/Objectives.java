package dev.lethe.unlearning.objective;

import dev.lethe.merge.InvalidInput;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The objectives by name. A new one is a class and one entry here. */
public final class Objectives {
    private static final SortedMap<String, Function<ObjectiveSettings, Objective>> BY_NAME = new TreeMap<>();

    static {
        BY_NAME.put(NegativePreference.NAME, NegativePreference::of);
        BY_NAME.put(FineTuning.NAME, FineTuning::of);
    }

    private Objectives() {}

    /**
     * The objective that settings describe.
     *
     * @throws InvalidInput where the name is unknown, with the nearest known one, or a setting is out of range or not of
     *     this objective
     */
    public static Objective of(ObjectiveSettings settings) {
        Function<ObjectiveSettings, Objective> make = BY_NAME.get(settings.type());
        if (make == null) {
            throw InvalidInput.at(
                    "objective",
                    "type",
                    settings.type(),
                    oneOf(BY_NAME.keySet().toArray(String[]::new), settings.type()));
        }
        return make.apply(settings);
    }

    /** A number, or the published one where it is absent. */
    static double number(String field, @Nullable Double value, double published, boolean zeroAllowed) {
        double number = value == null ? published : value;
        if (!Double.isFinite(number) || number < 0 || (number == 0 && !zeroAllowed)) {
            throw InvalidInput.at(
                    "objective", field, String.valueOf(number), zeroAllowed ? "0 or more" : "a number above 0");
        }
        return number;
    }

    /** A constant by its name in lower case with hyphens, or the published one where it is absent. */
    static <E extends Enum<E>> E choice(String field, @Nullable String value, E published) {
        if (value == null) {
            return published;
        }
        E[] constants = published.getDeclaringClass().getEnumConstants();
        return Arrays.stream(constants)
                .filter(constant -> named(constant).equals(value))
                .findAny()
                .orElseThrow(() -> InvalidInput.at(
                        "objective",
                        field,
                        value,
                        oneOf(Arrays.stream(constants).map(Objectives::named).toArray(String[]::new), value)));
    }

    /** Refuses a setting that the objective would ignore. */
    static void refuse(String type, String field, @Nullable Object value) {
        if (value != null) {
            throw InvalidInput.at(
                    "objective", field, String.valueOf(value), "nothing: " + type + " has no such setting");
        }
    }

    private static String named(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String oneOf(String[] known, String given) {
        String nearest = Arrays.stream(known)
                .min(Comparator.comparingInt(name -> distance(name, given)))
                .orElseThrow();
        return "one of " + String.join(", ", known) + " (nearest: " + nearest + ")";
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
