package dev.lethe.api.crd;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * The javadoc of our records, which {@code kubectl explain} prints: types by simple name, and record components,
 * methods and constants by {@code Type.name}.
 */
record Javadoc(Map<String, String> comments) {
    static Javadoc of(Path sources) {
        try (Stream<Path> found = Files.walk(sources)) {
            List<Path> files =
                    found.filter(it -> it.toString().endsWith(".java")).sorted().toList();
            var compiler = ToolProvider.getSystemJavaCompiler();
            try (var manager = compiler.getStandardFileManager(null, null, null)) {
                var task = (JavacTask) compiler.getTask(
                        null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
                var comments = new HashMap<String, String>();
                for (CompilationUnitTree unit : task.parse()) {
                    new Reader(DocTrees.instance(task), comments).scan(unit, "");
                }
                return new Javadoc(Map.copyOf(comments));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<String> of(Class<?> type) {
        return Optional.ofNullable(comments.get(type.getSimpleName()));
    }

    /** Of a method that a record is written with, besides its components. */
    Optional<String> of(Method derived) {
        return Optional.ofNullable(comments.get(derived.getDeclaringClass().getSimpleName() + "." + derived.getName()));
    }

    /** A component's own comment, or that of the method which it implements, or its type's. */
    Optional<String> of(RecordComponent component, Class<?> type) {
        Class<?> owner = component.getDeclaringRecord();
        return Optional.ofNullable(comments.get(owner.getSimpleName() + "." + component.getName()))
                .or(() -> supertypes(owner)
                        .map(it -> comments.get(it.getSimpleName() + "." + component.getName()))
                        .filter(it -> it != null)
                        .findFirst())
                .or(() -> of(type));
    }

    private static Stream<Class<?>> supertypes(Class<?> type) {
        return Stream.of(type.getInterfaces()).flatMap(it -> Stream.concat(Stream.of(it), supertypes(it)));
    }

    /** Collects comments; the parameter is the simple name of the type around. */
    private static final class Reader extends TreePathScanner<Void, String> {
        private final DocTrees docs;
        private final Map<String, String> comments;

        Reader(DocTrees docs, Map<String, String> comments) {
            this.docs = docs;
            this.comments = comments;
        }

        @Override
        public Void visitClass(ClassTree type, String around) {
            String name = type.getSimpleName().toString();
            Optional.ofNullable(docs.getDocCommentTree(getCurrentPath())).ifPresent(comment -> {
                comments.put(name, text(comment.getFullBody()));
                for (DocTree tag : comment.getBlockTags()) {
                    if (tag instanceof ParamTree param) {
                        comments.put(name + "." + param.getName(), sentence(param.getDescription()));
                    }
                }
            });
            return super.visitClass(type, name);
        }

        @Override
        public Void visitVariable(VariableTree constant, String around) {
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (comment != null) {
                comments.put(around + "." + constant.getName(), text(comment.getFullBody()));
            }
            return super.visitVariable(constant, around);
        }

        @Override
        public Void visitMethod(MethodTree method, String around) {
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (comment != null && !around.isEmpty()) {
                comments.put(around + "." + method.getName(), text(comment.getFullBody()));
            }
            return super.visitMethod(method, around);
        }

        private static String text(List<? extends DocTree> parts) {
            return parts.stream()
                    .map(part -> switch (part) {
                        case TextTree text -> text.getBody();
                        case LiteralTree literal -> literal.getBody().getBody();
                        case LinkTree link -> link.getReference().getSignature();
                        default -> "";
                    })
                    .collect(Collectors.joining())
                    .replaceAll("\\s+", " ")
                    .strip();
        }

        private static String sentence(List<? extends DocTree> parts) {
            String words = text(parts);
            String capital = parts.getFirst() instanceof TextTree
                    ? Character.toUpperCase(words.charAt(0)) + words.substring(1)
                    : words;
            return capital.endsWith(".") ? capital : capital + ".";
        }
    }
}
