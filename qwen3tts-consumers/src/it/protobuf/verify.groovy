def run = evaluate(new File(its, 'run.groovy'))
def classPath = "target/classes${File.pathSeparator}${new File(basedir, 'target/class.path').text.trim()}"
assert classPath.contains('protobuf-java')
assert run("${System.getProperty('java.home')}/bin/java", '-cp', classPath, 'hello.Hello', model, 'target/hello.wav') =~ /streamed [1-9]/
