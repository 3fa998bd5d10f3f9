package dev.lethe.merge.recipe;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.recipe.Recipe.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A configuration of mergekit 0.1.5 as a recipe, in YAML 1.1 as PyYAML reads it. Models are folders on this machine,
 * relative to the file's own or to the current one. What would change the result and is not supported is refused: {@code
 * modules}, {@code tokens} of a tokenizer, {@code pad_to_multiple_of}, a {@code chat_template} other than auto, models of
 * the Hub. What mergekit ignores is ignored.
 *
 * @param notes a line for each setting that has no effect
 */
public record MergekitConfig(Recipe recipe, List<String> notes) {
    /** As many uses of an anchor as a file of hundreds of slices has; PyYAML has no bound. */
    private static final int MOST_ALIASES = 10_000;

    public MergekitConfig {
        notes = List.copyOf(notes);
    }

    /**
     * Reads a file.
     *
     * @throws InvalidInput naming all that is wrong or not supported, in one line
     */
    public static MergekitConfig read(Path file, Semantics semantics, Missing missing, long shardBytes, long seed) {
        LoaderOptions options = new LoaderOptions();
        options.setWarnOnDuplicateKeys(false); // the last counts, as in PyYAML
        options.setMaxAliasesForCollections(MOST_ALIASES);
        try {
            Object yaml = new Yaml(new SafeConstructor(options)).load(Files.readString(file));
            return new MergekitReader(file, semantics).read(yaml, missing, shardBytes, seed);
        } catch (MarkedYAMLException e) {
            String line = e.getProblemMark() == null
                    ? ""
                    : " line " + (e.getProblemMark().getLine() + 1);
            throw new InvalidInput("%s%s: not YAML: %s".formatted(file, line, e.getProblem()));
        } catch (YAMLException e) {
            throw new InvalidInput("%s: not YAML: %s".formatted(file, e.getMessage()));
        } catch (StackOverflowError e) {
            throw new InvalidInput(file + ": not YAML that anyone wrote: nested too deeply");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }
}
