"""What a volunteer may choose from: times that suit their needs and leave their interviewers room."""
